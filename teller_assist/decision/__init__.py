"""From numbers and the bank's policy to what the product recommends. The teller decides."""
