"""The measures of this question, which take the network itself."""
