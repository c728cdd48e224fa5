/** The list of plugins, nothing else. */
import { activityPlugin } from './activity/plugin';
import { apiPlugin } from './api/plugin';
import { benchesPlugin } from './benches/plugin';
import { cellsPlugin } from './cells/plugin';
import { conversationsPlugin } from './chat/conversations/plugin';
import { chatPlugin } from './chat/plugin';
import { checkpointsPlugin } from './checkpoints/plugin';
import { datasetsPlugin } from './datasets/plugin';
import { sqlPlugin } from './datasets/sql/plugin';
import { enginesPlugin } from './engines/plugin';
import { experimentsPlugin } from './experiments/plugin';
import { gatewayPlugin } from './gateway/plugin';
import { jobsPlugin } from './jobs/plugin';
import { kernelsPlugin } from './kernels/plugin';
import { libraryPlugin } from './library/plugin';
import { savingPlugin } from './library/saving/plugin';
import { modelsPlugin } from './models/plugin';
import { personasPlugin } from './personas/plugin';
import { publishPlugin } from './publish/plugin';
import { registryPlugin } from './registry/plugin';
import { toolsPlugin } from './tools/plugin';
import { tuningPlugin } from './tuning/plugin';
import { usagePlugin } from './usage/plugin';
import '../style/index.js';

export default [apiPlugin, benchesPlugin, activityPlugin, cellsPlugin, chatPlugin, conversationsPlugin, checkpointsPlugin, datasetsPlugin, sqlPlugin, jobsPlugin, kernelsPlugin, libraryPlugin, savingPlugin, modelsPlugin, personasPlugin, registryPlugin, enginesPlugin, gatewayPlugin, publishPlugin, experimentsPlugin, usagePlugin, toolsPlugin, tuningPlugin];
