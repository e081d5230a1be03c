<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\ResourceTree;
use Magento\Framework\Acl\AclResource\ProviderInterface;
use Magento\Webapi\Model\ConfigInterface;

/** The site's resources, and what each opens. */
final class Resources
{
    private const LONGEST = 200;

    private ?ResourceTree $tree = null;

    public function __construct(private readonly ProviderInterface $provider, private readonly ConfigInterface $routes)
    {
    }

    public function tree(): ResourceTree
    {
        return $this->tree ??= new ResourceTree($this->provider->getAclResources());
    }

    /**
     * @param string[] $resources
     * @return string[] The admin pages by their titles, then every REST route that asks for nothing else.
     */
    public function opened(array $resources): array
    {
        $pages = array_map(fn (string $id): string => $this->tree()->title($id) . " ($id)", $resources);
        return array_map(
            static fn (string $word): string => mb_substr($word, 0, self::LONGEST),
            [...$pages, ...$this->restRoutes($resources)]
        );
    }

    /**
     * @param string[] $resources
     * @return string[]
     */
    private function restRoutes(array $resources): array
    {
        $opened = [];
        foreach ($this->routes->getServices()['routes'] ?? [] as $path => $methods) {
            foreach ($methods as $method => $route) {
                $asked = array_keys($route['resources'] ?? []);
                if ($asked && !array_diff($asked, $resources)) {
                    $opened[] = "REST $method $path";
                }
            }
        }
        sort($opened);
        return $opened;
    }
}
