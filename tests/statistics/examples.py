"""Data that textbooks have worked through."""

# Student, "The probable error of a mean", Biometrika 6 (1908): hours of sleep gained by ten patients with two drugs.
# R has them as `sleep`, and its t.test(extra ~ group, data = sleep), paired and not, is what most books print.
SLEEP_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)

# Darwin's crossed less self-fertilized maize, in eighths of an inch: Fisher, The Design of Experiments (1935), sec. 17.
DARWIN = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)

# Miles per gallon, automatic and manual: Henderson and Velleman (1981), R's `mtcars`.
AUTOMATIC = (21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5)
AUTOMATIC += (15.2, 13.3, 19.2)
MANUAL = (21, 21, 22.8, 32.4, 30.4, 33.9, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4)

# Spatial perception of 26 children, test A: Efron and Tibshirani, An Introduction to the Bootstrap (1993), Table 14.1.
SPATIAL = (48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41)
