terraform {
  # validation and sensitive outputs as used here.
  required_version = ">= 1.3"

  required_providers {
    google = {
      source = "hashicorp/google"
      # The schema that these files are checked against is of this major version.
      version = "~> 8.0"
    }
  }
}
