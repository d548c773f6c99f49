using Nabla.Backends;
using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Transforms;

namespace Nabla.Ops;

/// <summary>Runs ops: infers the results' types, lets the backend compute them at once or a tracer note them, and tells the tapes that listen.</summary>
internal static class Execution
{
    private static IBackend Backend => CpuBackend.Instance;

    public static Tensor[] Run(Op op, Tensor[] inputs)
    {
        TensorType[] inputTypes = new TensorType[inputs.Length];
        for (int index = 0; index < inputs.Length; index++)
        {
            inputTypes[index] = (inputs[index] ?? throw new ArgumentNullException(op.Name)).Type;
        }

        TensorType[] types = op.Infer(inputTypes);
        Tensor[] outputs = Tracer.Current?.Record(op, inputs, types) ?? Backend.Run(op, inputs, types);

        // Kernels work on bare pointers.
        GC.KeepAlive(inputs);
        Tape.Current?.Record(op, inputs, outputs);
        return outputs;
    }
}
