// The graph of a step is made ready once and runs for each place of time. Slices are copied out of the sequences and results into them, a row of the
// batch at a time; states go back and forth between two places, since a step may hand a state on as another one.
using System.Runtime.CompilerServices;
using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Ops.Recurrent;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Runs scans.</summary>
internal static class ScanKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<Scan>(Run);

    private static void Run(Scan scan, Tensor[] inputs, Tensor[] outputs)
    {
        lock (scan.Step.Gate)
        {
            ScanRun run = (ScanRun)(scan.Step.Prepared ??= new ScanRun(scan));
            run.Execute(scan, inputs, outputs);
        }
    }

    /// <summary>A step made ready, and the memory between its runs.</summary>
    private sealed class ScanRun
    {
        private readonly Executable executable;
        private readonly Tensor[] arguments;
        private readonly Tensor[] slices;
        private readonly Tensor[][] states;

        public ScanRun(Scan scan)
        {
            Graph graph = scan.Step.Graph;
            executable = new Executable(graph.Optimize(), borrowed: true);
            arguments = new Tensor[graph.Arguments.Count];
            slices = [.. graph.Arguments.Skip(scan.States).Take(scan.Sequences).Select(argument => Tensor.Allocate(argument.Type))];
            states = [.. Enumerable.Range(0, 2).Select(_ => graph.Arguments.Take(scan.States).Select(argument => Tensor.Allocate(argument.Type)).ToArray())];
        }

        public void Execute(Scan scan, Tensor[] inputs, Tensor[] outputs)
        {
            int time = inputs[scan.States].Shape[1];
            Array.Copy(inputs, scan.States + scan.Sequences, arguments, scan.States + scan.Sequences, inputs.Length - scan.States - scan.Sequences);
            Array.Copy(slices, 0, arguments, scan.States, scan.Sequences);
            for (int state = 0; state < scan.States; state++)
            {
                Copy(inputs[state], states[0][state]);
            }

            for (int step = 0; step < time; step++)
            {
                Step(scan, inputs, outputs, scan.Reverse ? time - 1 - step : step, states[step & 1], states[~step & 1]);
            }

            for (int state = 0; state < scan.States; state++)
            {
                Copy(states[time & 1][state], outputs[state]);
            }

            GC.KeepAlive(inputs);
        }

        private void Step(Scan scan, Tensor[] inputs, Tensor[] outputs, int place, Tensor[] last, Tensor[] next)
        {
            for (int sequence = 0; sequence < scan.Sequences; sequence++)
            {
                Move(inputs[scan.States + sequence], slices[sequence], place, isWritten: false);
            }

            Array.Copy(last, arguments, scan.States);
            executable.Execute(arguments);
            for (int state = 0; state < scan.States; state++)
            {
                if (scan.KeepsStates)
                {
                    Move(outputs[scan.States + scan.Outputs + state], last[state], place, isWritten: true);
                }

                Copy(executable.Lent(state), next[state]);
            }

            for (int output = scan.States; output < scan.States + scan.Outputs; output++)
            {
                Move(outputs[output], executable.Lent(output), place, isWritten: true);
            }
        }

        private static unsafe void Copy(Tensor source, Tensor target)
        {
            new ReadOnlySpan<byte>(source.Pointer<byte>(), checked((int)source.Type.ByteCount)).CopyTo(
                new Span<byte>(target.Pointer<byte>(), checked((int)target.Type.ByteCount)));
            GC.KeepAlive(source);
            GC.KeepAlive(target);
        }

        /// <summary>Copies one place of time of a sequence out to a slice, or a slice in there.</summary>
        private static unsafe void Move(Tensor sequence, Tensor slice, int place, bool isWritten)
        {
            (int batch, int time) = (sequence.Shape[0], sequence.Shape[1]);
            int row = batch == 0 ? 0 : checked((int)(slice.Type.ByteCount / batch));
            for (int index = 0; index < batch; index++)
            {
                Span<byte> within = new(sequence.Pointer<byte>() + ((((long)index * time) + place) * row), row);
                Span<byte> alone = new(slice.Pointer<byte>() + ((long)index * row), row);
                if (isWritten)
                {
                    alone.CopyTo(within);
                }
                else
                {
                    within.CopyTo(alone);
                }
            }

            GC.KeepAlive(slice);
        }
    }
}
