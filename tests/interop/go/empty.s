// Empty: with an assembly file in the package, functions may be declared without a body.
