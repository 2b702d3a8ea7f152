terraform {
  # validation and sensitive outputs as used here.
  required_version = ">= 1.3"

  required_providers {
    azurerm = {
      source = "hashicorp/azurerm"
      # The schema that these files are checked against is of this major version.
      version = "~> 5.0"
    }
  }
}

# The subscription comes from ARM_SUBSCRIPTION_ID.
provider "azurerm" {
  features {}
}
