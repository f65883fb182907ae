/** Names may be longer than a subject or a sentence bears. In UTF-16 units. */
export const organizationNameLengthMax = 80
export const recipientNameLengthMax = 60
