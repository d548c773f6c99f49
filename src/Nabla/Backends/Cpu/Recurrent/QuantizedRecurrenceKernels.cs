using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Indexing;
using Nabla.Backends.Cpu.Quantized;
using Nabla.Ops.Indexing;
using Nabla.Ops.Recurrent;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Runs recurrent networks whose kernel and states are bytes.</summary>
internal static unsafe class QuantizedRecurrenceKernels
{
    private const int Quad = 4;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<QuantizedRecurrence>((op, inputs, outputs) => QuadDispatch.Run(new Call(op, inputs, outputs), Lanes.Widest));

    /// <summary>Computes all steps with vectors of a width.</summary>
    internal static void Run<TVector, TLanes>(QuantizedRecurrence op, Tensor[] inputs, Tensor[] outputs)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector> => new Call(op, inputs, outputs).Run<TVector, TLanes>();

    private readonly struct Call(QuantizedRecurrence op, Tensor[] inputs, Tensor[] outputs) : IQuadBody
    {
        public void Run<TVector, TLanes>()
            where TVector : struct
            where TLanes : struct, IQuadLanes<TVector>
        {
            switch (op.Cell)
            {
                case RecurrentCell.Tanh: Run<TVector, TLanes, SimpleKernel<TanhState>>(); break;
                case RecurrentCell.Lstm: Run<TVector, TLanes, LstmKernel>(); break;
                default: Run<TVector, TLanes, GruKernel>(); break;
            }
        }

        private void Run<TVector, TLanes, TCell>()
            where TVector : struct
            where TLanes : struct, IQuadLanes<TVector>
            where TCell : struct, ICellKernel
        {
            (int batch, int units) = (outputs[0].Shape[0], outputs[0].Shape[2]);
            int columns = TCell.Gates * units, padded = TCell.Gates * RecurrentForward.Padded<float>(units);
            QuadLayout layout = QuadLayout.OfProduct(units, columns, ByteRecurrentWeights<TVector, TLanes>.Width, QuantizedRecurrence.WindowOf(op.Cell, units).MostParts);
            float* bias = Scratch.Get<float>(ScratchUse.PackedWeights, padded + columns + batch);
            RecurrentForward.PadBias(inputs[2], TCell.Gates, units, bias);
            int* zeros = (int*)(bias + padded);
            for (int column = 0; column < columns; column++)
            {
                zeros[column] = RoundedStates.ZeroPoint * inputs[op.ColumnSumsAt].Pointer<int>()[column];
            }

            float* scales = bias + padded + columns;
            for (int row = 0; row < batch; row++)
            {
                scales[row] = RoundedStates.ScaleOf(new(inputs[4].Pointer<float>() + ((nint)row * units), units));
            }

            ByteRecurrentWeights<TVector, TLanes> weights = new(
                layout, inputs[1].Pointer<sbyte>(), Offsets(layout.Quads), zeros, inputs[op.ColumnSumsAt + 1].Pointer<float>(), scales);
            RecurrentForward.Run<float, ByteRecurrentWeights<TVector, TLanes>, TCell>(op.Reverse, StateChange.None, inputs, outputs, weights, bias, Lookups());
        }

        // What is looked up is refused as the op that looked it up before would.
        private int* Lookups() => op.LooksUp ? Indices.Checked(new Gather(0), inputs[^1], inputs[0].Shape[0]) : null;

        private static nint* Offsets(int quads)
        {
            nint* offsets = Scratch.Get<nint>(ScratchUse.Segments, quads);
            for (int quad = 0; quad < quads; quad++)
            {
                offsets[quad] = Quad * quad;
            }

            return offsets;
        }
    }
}
