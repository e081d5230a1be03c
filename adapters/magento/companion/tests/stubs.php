<?php
/** As much of Magento's own names as the classes tested here mention; what Magento does with them is seen on a real shop. */
declare(strict_types=1);

namespace Magento\Authorization\Model {
    interface UserContextInterface
    {
        public const USER_TYPE_INTEGRATION = 1;
        public const USER_TYPE_ADMIN = 2;

        public function getUserId();

        public function getUserType();
    }
}

namespace Magento\Framework {
    interface AuthorizationInterface
    {
        public function isAllowed($resource, $privilege = null);
    }
}

namespace Magento\Framework\App {
    class Area
    {
        public const AREA_ADMINHTML = 'adminhtml';
    }

    class State
    {
        public string $area = 'adminhtml';

        public function getAreaCode(): string
        {
            return $this->area;
        }
    }
}

namespace Magento\Framework\App\Request {
    class Http
    {
        /** @param array<string,mixed> $params */
        public function __construct(private string $route, private array $params = [], private bool $post = false)
        {
        }

        public function getRouteName(): string
        {
            return explode('/', $this->route)[0];
        }

        public function getControllerName(): string
        {
            return explode('/', $this->route)[1];
        }

        public function getActionName(): string
        {
            return explode('/', $this->route)[2];
        }

        public function getParam(string $name): mixed
        {
            return $this->params[$name] ?? null;
        }

        public function isPost(): bool
        {
            return $this->post;
        }
    }
}

namespace Magento\Framework\Module {
    class Manager
    {
        public function isEnabled(string $module): bool
        {
            return true;
        }
    }
}
