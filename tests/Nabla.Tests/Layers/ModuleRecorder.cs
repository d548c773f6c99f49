using Nabla.Layers;

namespace Nabla.Tests.Layers;

/// <summary>Notes which modules gave an output, in order.</summary>
internal sealed class ModuleRecorder(List<Module> seen) : ForwardObserver
{
    public override void Leave(Module module, Tensor output) => seen.Add(module);
}
