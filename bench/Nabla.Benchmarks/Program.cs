using Nabla.Peers;

LibtorchRuntime.Prepare();
