using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Pooling;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Hands poolings and their gradients to their kernels.</summary>
internal static unsafe class PoolingKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<MaxPooling>((op, inputs, outputs) => Run(outputs[1], new MaxForward(op, inputs[0], outputs[0], outputs[1])));
        CpuBackend.Register<MaxPoolingGradient>((op, inputs, outputs) => Run(inputs[1], new MaxSpread(op, inputs[0], inputs[1], outputs[0])));
        CpuBackend.Register<MaxPoolingPick>((op, inputs, outputs) => Run(inputs[1], new MaxPick(op, inputs[0], inputs[1], outputs[0])));
        CpuBackend.Register<AveragePooling>((op, inputs, outputs) =>
        {
            PoolingWork work = PoolingWork.Of(op.Sizes(inputs[0].Shape));
            if (outputs[0].DataType == DataType.Float32)
            {
                AveragePoolingKernel<float>.Forward(work, inputs[0].Pointer<float>(), outputs[0].Pointer<float>());
            }
            else
            {
                AveragePoolingKernel<double>.Forward(work, inputs[0].Pointer<double>(), outputs[0].Pointer<double>());
            }
        });
        CpuBackend.Register<AveragePoolingGradient>((op, inputs, outputs) =>
        {
            PoolingWork work = PoolingWork.Of(op.Forward.Sizes(op.Images));
            if (outputs[0].DataType == DataType.Float32)
            {
                AveragePoolingKernel<float>.Spread(work, inputs[0].Pointer<float>(), outputs[0].Pointer<float>());
            }
            else
            {
                AveragePoolingKernel<double>.Spread(work, inputs[0].Pointer<double>(), outputs[0].Pointer<double>());
            }
        });
    }

    private interface ICall
    {
        DataType DataType { get; }

        void Run<T, TTap>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TTap : unmanaged, IBinaryInteger<TTap>;
    }

    private static void Run<TCall>(Tensor taps, TCall call)
        where TCall : struct, ICall
    {
        switch (call.DataType, taps.DataType)
        {
            case (DataType.Float32, DataType.UInt8): call.Run<float, byte>(); break;
            case (DataType.Float32, _): call.Run<float, int>(); break;
            case (_, DataType.UInt8): call.Run<double, byte>(); break;
            default: call.Run<double, int>(); break;
        }
    }

    private readonly struct MaxForward(MaxPooling op, Tensor images, Tensor largest, Tensor taps) : ICall
    {
        public DataType DataType => images.DataType;

        public void Run<T, TTap>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TTap : unmanaged, IBinaryInteger<TTap> => MaxPoolingKernel<T, TTap>.Forward(
                PoolingWork.Of(op.Sizes(images.Shape)), images.Pointer<T>(), largest.Pointer<T>(), taps.Pointer<TTap>());
    }

    private readonly struct MaxSpread(MaxPoolingGradient op, Tensor values, Tensor taps, Tensor images) : ICall
    {
        public DataType DataType => images.DataType;

        public void Run<T, TTap>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TTap : unmanaged, IBinaryInteger<TTap> => MaxPoolingKernel<T, TTap>.Spread(
                PoolingWork.Of(op.Forward.Sizes(op.Images)), values.Pointer<T>(), taps.Pointer<TTap>(), images.Pointer<T>());
    }

    private readonly struct MaxPick(MaxPoolingPick op, Tensor images, Tensor taps, Tensor values) : ICall
    {
        public DataType DataType => images.DataType;

        public void Run<T, TTap>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TTap : unmanaged, IBinaryInteger<TTap> => MaxPoolingKernel<T, TTap>.Pick(
                PoolingWork.Of(op.Forward.Sizes(images.Shape)), images.Pointer<T>(), taps.Pointer<TTap>(), values.Pointer<T>());
    }
}
