// A tile of some hundred elements goes through the whole chain of small vector loops while it is in the first-level cache: memory is read
// and written once for the chain. Each loop is the one of its op, compiled ahead; a virtual call a tile and step is what that costs.
// Results that are not given back live in a few buffers that later steps use again.
using System.Runtime.CompilerServices;
using Nabla.Ops.Elementwise;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Computes fused chains of elementwise ops.</summary>
internal static class FusedKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.RegisterPrepared<Fused>((op, inputs) => op.Type.DataType == DataType.Float32
        ? new FusedProgram<float>(op, inputs).Run
        : new FusedProgram<double>(op, inputs).Run);
}

/// <summary>A fused chain made ready for inputs of some shapes.</summary>
internal sealed unsafe class FusedProgram<T>
    where T : unmanaged
{
    private const int Tile = 512;
    private const int TilesPerPiece = 32;

    private readonly TileStep<T>[] steps;
    private readonly int[][] operands;
    private readonly int[] targets;
    private readonly int[] booleans;
    private readonly TileInput<T>[] sources;
    private readonly int[] sourceBuffers;
    private readonly int bufferElements;
    private readonly int count;

    /// <summary>Finds the loops, and a buffer for each result that is not given back.</summary>
    public FusedProgram(Fused op, TensorType[] inputs)
    {
        count = op.Type.Shape.ElementCount;
        steps = [.. op.Steps.Select(step => TileStep<T>.Of(step.Op))];
        operands = [.. op.Steps.Select(step => step.Operands)];
        sources = [.. inputs.Select(input => new TileInput<T>(input, op.Type.Shape, Tile))];
        sourceBuffers = new int[sources.Length];
        for (int index = 0; index < sources.Length; index++)
        {
            sourceBuffers[index] = bufferElements;
            bufferElements += (sources[index].BufferSize + Tile - 1) & -Tile;
        }

        booleans = [.. op.Steps.Select((step, index) => step.GivesBooleans ? op.Outputs.ToList().IndexOf(index) : -1)];
        targets = AssignTargets(op, inputs.Length, ref bufferElements);
    }

    /// <summary>Computes all elements.</summary>
    public void Run(Ops.Op op, Tensor[] inputs, Tensor[] outputs) =>
        WorkerPool.Run((count + (Tile * TilesPerPiece) - 1) / (Tile * TilesPerPiece), new Piece(this, inputs, outputs));

    // For each step the number of its output, or the complement of the offset of its buffer: booleans have one even if they are given back.
    private static int[] AssignTargets(Fused op, int inputCount, ref int bufferElements)
    {
        int[] targets = new int[op.Steps.Count];
        Stack<int> free = [];
        for (int step = 0; step < targets.Length; step++)
        {
            int output = op.Outputs.ToList().IndexOf(step);
            foreach (int dead in op.Steps[step].Operands.Distinct().Select(operand => operand - inputCount))
            {
                if (dead >= 0 && targets[dead] < 0 && !op.Steps.Skip(step + 1).Any(later => later.Operands.Contains(dead + inputCount)))
                {
                    free.Push(~targets[dead]);
                }
            }

            if (output >= 0 && !op.Steps[step].GivesBooleans)
            {
                targets[step] = output;
            }
            else if (free.TryPop(out int offset))
            {
                targets[step] = ~offset;
            }
            else
            {
                targets[step] = ~bufferElements;
                bufferElements += Tile;
            }
        }

        return targets;
    }

    private void RunTiles(int piece, Tensor[] inputs, Tensor[] outputs)
    {
        T* buffers = Scratch.Get<T>(ScratchUse.Tiles, Math.Max(1, bufferElements));
        for (int index = 0; index < sources.Length; index++)
        {
            sources[index].Prepare(inputs[index], buffers + sourceBuffers[index]);
        }

        T** values = stackalloc T*[sources.Length + steps.Length];
        long end = Math.Min(count, ((long)piece + 1) * Tile * TilesPerPiece);
        for (long at = (long)piece * Tile * TilesPerPiece; at < end;)
        {
            int length = (int)Math.Min(Tile, end - at);
            foreach (TileInput<T> source in sources)
            {
                length = source.Reach(at, length);
            }

            for (int index = 0; index < sources.Length; index++)
            {
                values[index] = sources[index].Find(inputs[index], buffers + sourceBuffers[index], at, length);
            }

            RunSteps(values, buffers, outputs, at, length);
            at += length;
        }
    }

    private void RunSteps(T** values, T* buffers, Tensor[] outputs, long at, int length)
    {
        for (int step = 0; step < steps.Length; step++)
        {
            int target = targets[step];
            int[] reads = operands[step];
            T* result = target >= 0 ? outputs[target].Pointer<T>() + at : buffers + ~target;
            steps[step].Run(values[reads[0]], values[reads[reads.Length / 2]], values[reads[^1]], result, length);
            values[sources.Length + step] = result;
            if (booleans[step] >= 0)
            {
                MaskBits.Compress(result, outputs[booleans[step]].Pointer<byte>() + at, length);
            }
        }
    }

    private readonly struct Piece(FusedProgram<T> program, Tensor[] inputs, Tensor[] outputs) : IPieceBody
    {
        public void Run(int piece) => program.RunTiles(piece, inputs, outputs);
    }
}
