<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Signed\PostScope;

/** Which posts are one patient's: of the lease's type, and marked with that patient and no other. */
final class PatientPosts {
	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function holds( PostScope $scope, \WP_Post $post ): bool {
		return $post->post_type === $scope->post_type
			&& get_post_meta( $post->ID, $scope->meta_key, false ) === array( $scope->patient );
	}

	/**
	 * @param PostScope[] $scopes
	 * @return int[] Ids of the posts these scopes open, at most 1000 a scope.
	 */
	public function ids( array $scopes ): array {
		$ids = array();
		foreach ( $scopes as $scope ) {
			$candidates = $this->candidates( $scope );
			update_meta_cache( 'post', $candidates );
			foreach ( $candidates as $id ) {
				$post = get_post( $id );
				// The database compares loosely (case, accents, trailing blanks); a patient id is exact.
				if ( $post && $this->holds( $scope, $post ) ) {
					$ids[ $id ] = $id;
				}
			}
		}
		return array_values( $ids );
	}

	/** @return int[] */
	private function candidates( PostScope $scope ): array {
		$sql = "SELECT DISTINCT m.post_id FROM {$this->db->postmeta} m JOIN {$this->db->posts} p ON p.ID = m.post_id
			WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type = %s LIMIT 1000";
		return array_map( 'intval', $this->db->get_col( $this->db->prepare( $sql, $scope->meta_key, $scope->patient, $scope->post_type ) ) );
	}
}
