"""Lines of text of one rectified card -> what stands in its fields, with the doubts."""
