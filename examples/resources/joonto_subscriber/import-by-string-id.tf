import {
  to = joonto_subscriber.ada
  id = "TSUID-3a5c7e91-0b2d-4f68-9ace-1b3d5f7092a4"
}
