using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Packs right operands of matrix products before they run, and multiplies by packed ones.</summary>
internal static unsafe class PackedProductKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<ProductPacking>((op, inputs, outputs) => LaneDispatch.Run(outputs[0].DataType, new PackCall(inputs[0], outputs[0])));
        CpuBackend.Register<PackedProduct>((op, inputs, outputs) => LaneDispatch.Run(outputs[0].DataType, new MultiplyCall(op, inputs, outputs[0])));
    }

    /// <summary>How a right operand is packed for the rows of a left one; null where the kernel reads it as it is.</summary>
    public static ProductPacking? PackingOf(TensorType left, TensorType right)
    {
        long elements = 0;
        LaneDispatch.Run(right.DataType, new CountCall(left.Shape[0], right.Shape, &elements));
        return elements == 0 ? null : new ProductPacking(elements);
    }

    private readonly struct CountCall(int rows, Shape right, long* elements) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector> => *elements = BlockProduct<T, TVector, TLanes>.PacksRight(rows, right[1])
                ? BlockProduct<T, TVector, TLanes>.PackedElements(right[0], right[1])
                : 0;
    }

    private readonly struct PackCall(Tensor right, Tensor packed) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector> =>
            BlockProduct<T, TVector, TLanes>.Pack(right.Pointer<T>(), right.Shape[0], right.Shape[1], packed.Pointer<T>());
    }

    private readonly struct MultiplyCall(PackedProduct op, Tensor[] inputs, Tensor output) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            (int steps, int columns) = (op.Right[0], op.Right[1]);
            ProductWork<T> work = new()
            {
                Rows = output.Shape[0],
                Columns = columns,
                Steps = steps,
                Left = inputs[0].Pointer<T>(),
                LeftRowStride = steps,
                LeftStepStride = 1,
                RightStepStride = columns,
                RightColumnStride = 1,
                Packed = inputs[1].Pointer<T>(),
                PackedColumns = BlockProduct<T, TVector, TLanes>.PackedColumns(columns),
                Target = output.Pointer<T>(),
                TargetStride = columns,
                Bias = inputs.Length > 2 ? inputs[2].Pointer<T>() : null,
                Relu = op.Rectifies,
            };
            MatrixProduct.Multiply(work, 1, 0, 0, 0, Lanes.Widest);
        }
    }
}
