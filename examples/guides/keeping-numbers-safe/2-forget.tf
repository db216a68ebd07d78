removed {
  from = joonto_number.hotline

  lifecycle {
    destroy = false
  }
}
