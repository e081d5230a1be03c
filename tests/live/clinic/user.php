<?php
/** user.php SITE_FOLDER LOGIN ROLE PASSWORD: prints the id. */

require $argv[1] . '/wp-load.php';
list( , , $login, $role, $password ) = $argv;

$user = get_user_by( 'login', $login );
$id   = wp_insert_user(
	array(
		'ID'         => $user ? $user->ID : 0,
		'user_login' => $login,
		'user_email' => $login . '@demo.example',
		'user_pass'  => $user ? wp_hash_password( $password ) : $password,
		'role'       => $role,
	)
);
if ( is_wp_error( $id ) ) {
	fwrite( STDERR, $id->get_error_message() );
	exit( 1 );
}
echo $id;
