data "joonto_numbers" "all" {}

# Every number of the account, one on each line.
output "phone_numbers" {
  value = join("\n", data.joonto_numbers.all.phone_numbers)
}
