"""What does a trained network lose when units are deleted or trade places?"""
