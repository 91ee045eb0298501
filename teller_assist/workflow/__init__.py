"""What the product does with evidence, from pictures to an answer."""
