terraform import joonto_port_in.desk JNUOID-0c5b7d52-3f0e-4d6f-8d0b-6a5f3e0c7b21
