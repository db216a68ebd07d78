# terraform query -generate-config-out=adopted.tf
list "joonto_subscriber" "all" {
  provider = joonto
  limit    = 1000
}
