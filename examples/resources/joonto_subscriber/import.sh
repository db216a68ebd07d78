# By the id, or by the e-mail address, which needs a distributor's credentials.
terraform import joonto_subscriber.ada TSUID-3a5c7e91-0b2d-4f68-9ace-1b3d5f7092a4
terraform import joonto_subscriber.ada ada@example.com
