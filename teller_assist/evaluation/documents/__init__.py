"""Made-up documents with their truth, drawn by seed; and how well documents are read, counted on such sets.

Everything that is drawn here is made up: persons, numbers and cards. Each card bears the mark 样本 SPECIMEN outside its fields.
Figures counted on them are to be called "made-up": real cards carry film, wear and print that nobody here has seen.
"""
