"""What models were asked, by whom, what it cost, and the budgets that stop it."""
