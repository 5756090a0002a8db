"""What can be typed beside questions: a file each, with a function `main`; `depthlab NAME` and pipelines/ are doors."""
