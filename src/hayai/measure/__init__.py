"""When exactly did what arrive? One process that sends what is planned, stamps what comes, and writes it down."""
