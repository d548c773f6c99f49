using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Converts elements to another type, clamped to what it holds; to a boolean by whether they differ from zero.</summary>
internal static unsafe class CastKernel
{
    private const int PieceElements = 1 << 14;

    private static readonly Dictionary<DataType, Tensor> Zeros = Enum.GetValues<DataType>().ToDictionary(type => type, type => Tensor.Zeros(Shape.Scalar, type));

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<Cast>((op, inputs, outputs) =>
    {
        (Tensor input, Tensor output) = (inputs[0], outputs[0]);
        if (op.To == DataType.Bool)
        {
            ElementTypes.Number(input.DataType, new ComparisonBody<NotEqual>(default, input, Zeros[input.DataType], output));
        }
        else
        {
            ElementTypes.Number(input.DataType, new FromBody(input, output));
        }
    });

    private readonly struct FromBody(Tensor input, Tensor output) : INumberBody
    {
        public void Run<T>()
            where T : unmanaged, INumber<T> => ElementTypes.Number(output.DataType, new ToBody<T>(input, output));
    }

    private readonly struct ToBody<TFrom>(Tensor input, Tensor output) : INumberBody
        where TFrom : unmanaged, INumber<TFrom>
    {
        public void Run<T>()
            where T : unmanaged, INumber<T> =>
            WorkerPool.Run((int)(((long)input.ElementCount + PieceElements - 1) / PieceElements), new Pieces<TFrom, T>(input.Pointer<TFrom>(), output.Pointer<T>(), input.ElementCount));
    }

    private readonly struct Pieces<TFrom, TTo>(TFrom* source, TTo* target, int count) : IPieceBody
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        public void Run(int piece)
        {
            int first = piece * PieceElements;
            int length = Math.Min(PieceElements, count - first);
            TensorPrimitives.ConvertSaturating(new ReadOnlySpan<TFrom>(source + first, length), new Span<TTo>(target + first, length));
        }
    }
}
