"""In which words does each family ask and answer? One file per form."""
