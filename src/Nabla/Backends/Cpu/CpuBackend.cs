using System.Collections.Concurrent;
using Nabla.Ops;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu;

/// <summary>A kernel: computes the outputs, which are allocated but of undefined content.</summary>
internal delegate void CpuKernel(Op op, Tensor[] inputs, Tensor[] outputs);

/// <summary>The CPU backend: a table from the type of an op to its kernel, filled by the files that hold the kernels.</summary>
internal sealed class CpuBackend : IBackend
{
    private static readonly ConcurrentDictionary<Type, CpuKernel> Kernels = new();
    private static readonly ConcurrentDictionary<Type, Func<Op, TensorType[], CpuKernel>> Prepared = new();

    public static CpuBackend Instance { get; } = new();

    /// <summary>Sets the kernel of an op, or of all ops that derive from it.</summary>
    public static void Register<TOp>(Action<TOp, Tensor[], Tensor[]> kernel)
        where TOp : Op => Kernels[typeof(TOp)] = (op, inputs, outputs) => kernel((TOp)op, inputs, outputs);

    /// <summary>Sets how the kernel of an op is made ready for inputs of some types, when it is to run many times.</summary>
    public static void RegisterPrepared<TOp>(Func<TOp, TensorType[], CpuKernel> prepare)
        where TOp : Op => Prepared[typeof(TOp)] = (op, inputs) => prepare((TOp)op, inputs);

    /// <summary>Sets how the kernel of an op is made ready, for one call and for many.</summary>
    public static void RegisterBoth<TOp>(Func<TOp, TensorType[], CpuKernel> prepare)
        where TOp : Op
    {
        RegisterPrepared(prepare);
        Register<TOp>((op, inputs, outputs) => prepare(op, Array.ConvertAll(inputs, input => input.Type))(op, inputs, outputs));
    }

    /// <summary>The kernel of an op for inputs of some types.</summary>
    public static CpuKernel KernelOf(Op op, TensorType[] inputs) =>
        Prepared.TryGetValue(op.GetType(), out Func<Op, TensorType[], CpuKernel>? prepare) ? prepare(op, inputs) : Find(op.GetType());

    public Tensor[] Run(Op op, Tensor[] inputs, TensorType[] types)
    {
        Tensor[] outputs = new Tensor[types.Length];
        if (op is IReshapeOp)
        {
            outputs[0] = inputs[0].WithShape(types[0].Shape);
            return outputs;
        }

        for (int index = 0; index < types.Length; index++)
        {
            outputs[index] = Tensor.Allocate(types[index]);
        }

        CpuKernel kernel = Find(op.GetType());
        if (Recording.Current is { } recording)
        {
            recording.Run(kernel, op, inputs, outputs);
        }
        else
        {
            kernel(op, inputs, outputs);
        }

        return outputs;
    }

    private static CpuKernel Find(Type type)
    {
        if (Kernels.TryGetValue(type, out CpuKernel? kernel))
        {
            return kernel;
        }

        Type family = type.BaseType ?? throw new NotSupportedException($"The CPU backend has no kernel for {type.Name}.");
        kernel = family == typeof(Op) ? throw new NotSupportedException($"The CPU backend has no kernel for {type.Name}.") : Find(family);
        return Kernels[type] = kernel;
    }
}
