"""Train one network and record what it does: python train.py model=resnet depth=56 (--help lists the rest)."""

from depthlab.commands.train import main

if __name__ == "__main__":
    main()
