variable "name" {
  description = "Name of the instance."
  type        = string
  default     = "tally"
}

variable "region" {
  description = "The region in which Tally runs: a request waits 0.05 s for Redis at most."
  type        = string
}

variable "network" {
  description = "The VPC network in which Tally runs, as projects/<project>/global/networks/<name>. It needs private services access: a range and a connection to servicenetworking.googleapis.com."
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/global/networks/[^/]+$", var.network))
    error_message = "Write projects/<project>/global/networks/<name>."
  }
}

variable "memory_size_gb" {
  description = "1 GB is room for some 300,000 jobs."
  type        = number
  default     = 1
}

variable "labels" {
  description = "Labels of the instance."
  type        = map(string)
  default     = {}
}
