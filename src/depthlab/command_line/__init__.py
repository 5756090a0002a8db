"""Where a person's typing comes in."""

from depthlab.command_line.door import main
from depthlab.command_line.key_values import key_values, run_command
from depthlab.command_line.question import TUNE_KEYS, Question, ask
from depthlab.command_line.whole_number import whole_number

__all__ = ["TUNE_KEYS", "Question", "ask", "key_values", "main", "run_command", "whole_number"]
