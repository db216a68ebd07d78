list "joonto_number" "all" {
  provider = joonto
  limit    = 1000
}
