using System.Runtime.CompilerServices;
using Nabla.Ops.Attentions;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Attention by its composition.</summary>
internal static class AttentionKernels
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<Attention>((op, inputs, outputs) =>
    {
        Tensor[] results = AttentionComposition.Forward(op, inputs);
        for (int index = 0; index < outputs.Length; index++)
        {
            results[index].AsBytes().CopyTo(outputs[index].WritableBytes());
        }
    });
}
