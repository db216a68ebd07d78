data "joonto_accounts" "all" {}

output "account_names" {
  value = {
    for account in data.joonto_accounts.all.accounts : account.account_id => account.account_name
  }
}
