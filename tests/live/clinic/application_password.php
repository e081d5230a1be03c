<?php
/** application_password.php SITE_FOLDER LOGIN: prints a new application password. */

require $argv[1] . '/wp-load.php';
$user = get_user_by( 'login', $argv[2] );
list( $password ) = WP_Application_Passwords::create_new_application_password( $user->ID, array( 'name' => 'test ' . wp_generate_uuid4() ) );
echo $password;
