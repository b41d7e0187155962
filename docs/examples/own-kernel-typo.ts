import { kernel } from "pinfold/kernel";

export default kernel({
  name: "my-patch",
  extends: "v6.1",
  decisions: { "fork.copyPined": false },
});
