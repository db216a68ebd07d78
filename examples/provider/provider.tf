terraform {
  required_providers {
    joonto = {
      source = "joonto/joonto"
    }
  }
}

# Credentials come from JOONTO_ACCOUNT_KEY and JOONTO_ACCOUNT_SECRET.
provider "joonto" {}
