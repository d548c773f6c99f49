// Pieces are cut over all parameters of a step as if they lay one behind the other: a large one makes several, small ones share one.
using System.Runtime.CompilerServices;
using Nabla.Ops.Optimizers;

namespace Nabla.Backends.Cpu.Optimizers;

/// <summary>Computes the steps of optimizers.</summary>
internal static class OptimizerKernel
{
    [ThreadStatic]
    private static Dispatch? t_dispatch;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<OptimizerStep>((op, inputs, outputs) =>
            (t_dispatch ??= new Dispatch()).Run(op, UpdatePieces.Of(inputs[0].ElementCount), inputs, outputs));
        CpuBackend.Register<JointStep>((op, inputs, outputs) => Joint(op, Array.ConvertAll(inputs, input => input.Type)).Run(inputs, outputs));
        CpuBackend.RegisterPrepared<JointStep>((op, types) =>
        {
            JointCall call = Joint(op, types);
            return (_, inputs, outputs) => call.Run(inputs, outputs);
        });
    }

    private static JointCall Joint(JointStep op, TensorType[] types) => new(
        op.Step, UpdatePieces.Of([.. Enumerable.Range(0, op.Count).Select(index => types[index * op.InputsEach].Shape.ElementCount)]));

    private sealed class JointCall(OptimizerStep step, UpdatePieces pieces)
    {
        private readonly Dispatch dispatch = new();

        public void Run(Tensor[] inputs, Tensor[] outputs) => dispatch.Run(step, pieces, inputs, outputs);
    }

    /// <summary>Hands tensors to the loop of a rule; each thread uses its own again and again.</summary>
    private sealed class Dispatch : IUpdateVisitor
    {
        private UpdatePieces pieces;
        private Tensor[] inputs = [];
        private Tensor[] outputs = [];

        public void Run(OptimizerStep op, in UpdatePieces cut, Tensor[] arguments, Tensor[] results)
        {
            (pieces, inputs, outputs) = (cut, arguments, results);
            op.Accept(this);
            (inputs, outputs) = ([], []);
        }

        public void Visit<TRule>(TRule rule)
            where TRule : struct, IUpdateRule
        {
            if (inputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(pieces.Count, new Pieces<float, TRule>(rule, pieces, inputs, outputs));
            }
            else
            {
                WorkerPool.Run(pieces.Count, new Pieces<double, TRule>(rule, pieces, inputs, outputs));
            }
        }
    }

    private readonly struct Pieces<T, TRule>(TRule rule, UpdatePieces pieces, Tensor[] inputs, Tensor[] outputs) : IPieceBody
        where T : unmanaged
        where TRule : struct, IUpdateRule
    {
        private readonly int inputsEach = OptimizerStep.FirstSlot + rule.Slots;
        private readonly int outputsEach = 1 + rule.Slots;

        public void Run(int piece)
        {
            (int parameter, int start) = pieces.Start(piece);
            for (int left = pieces.Size(piece); left > 0; parameter++, start = 0)
            {
                int end = Math.Min(inputs[parameter * inputsEach].ElementCount, start + left);
                new UpdateLoop<T, TRule>(rule, inputs, parameter * inputsEach, outputs, parameter * outputsEach).Run(start, end);
                left -= end - start;
            }
        }
    }
}
