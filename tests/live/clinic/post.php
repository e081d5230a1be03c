<?php
/** post.php SITE_FOLDER TITLE CONTENT TYPE STATUS META_KEY PATIENT AUTHOR: prints the id. */

require $argv[1] . '/wp-load.php';
list( , , $title, $content, $type, $status, $key, $patient, $author ) = $argv;

$id = wp_insert_post(
	array(
		'post_title'   => $title,
		'post_content' => $content,
		'post_type'    => $type,
		'post_status'  => $status,
		'post_author'  => get_user_by( 'login', $author )->ID,
		'meta_input'   => array( $key => $patient ),
	),
	true
);
if ( is_wp_error( $id ) ) {
	fwrite( STDERR, $id->get_error_message() );
	exit( 1 );
}
echo $id;
