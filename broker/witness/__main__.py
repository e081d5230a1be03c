from broker.witness.command import main

main()
