/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_key: the secret by which this machine knows what it compiled itself.
 * The service's in /var/lib/noroshi, else the user's own among his state.
 */
#pragma once

#include "engine/image.h"

/*
 * The key of who runs this; @may_make: made where there is none. False: there
 * is none, which is no error (an image's expressions are compiled anew).
 */
bool nrs_image_key(uint8_t key[NRS_IMAGE_KEY_LEN], bool may_make);
