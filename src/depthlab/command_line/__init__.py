"""Where a person's typing comes in."""

from depthlab.command_line.errors import is_bug, is_stopped, text_of
from depthlab.command_line.hydra_main import main
from depthlab.command_line.key_values import key_values, run_command
from depthlab.command_line.whole_number import whole_number

__all__ = ["is_bug", "is_stopped", "key_values", "main", "run_command", "text_of", "whole_number"]
