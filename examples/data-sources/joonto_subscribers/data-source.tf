data "joonto_subscribers" "all" {}

output "managers" {
  value = [
    for subscriber in data.joonto_subscribers.all.subscribers :
    subscriber.email if subscriber.role == "Manager"
  ]
}
