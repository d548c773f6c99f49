using Nabla.Serving.Models;

namespace Nabla.Serving.Batching;

/// <summary>Puts requests into batches of the sizes that a model is computed in, and hands each its rows of the outputs.</summary>
/// <param name="model">The model.</param>
/// <param name="runner">Computes it.</param>
/// <param name="sizes">The sizes of batches, ascending; empty where each request is computed alone.</param>
internal sealed class BatchComputation(IServedModel model, IModelRunner runner, IReadOnlyList<int> sizes)
{
    /// <summary>The outputs for all rows of requests that fit each other.</summary>
    /// <returns>For each request, for each output of the model, the shape and the elements.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the model.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for any of the requests any more.</exception>
    public (int[] Shape, byte[] Data)[][] Run(IReadOnlyList<PendingRequest> requests)
    {
        RequireWanted(requests);
        if (sizes.Count == 0)
        {
            return [.. requests.Select(Alone)];
        }

        int rows = requests.Sum(request => request.Rows);
        OutputRows[] outputs = new OutputRows[model.Outputs.Count];
        for (int start = 0; start < rows || start == 0;)
        {
            int size = SizeFor(rows - start);
            Tensor[] results = runner.Run(Inputs(requests, start, size));
            int taken = Math.Min(size, rows - start);
            for (int index = 0; index < outputs.Length; index++)
            {
                (outputs[index] ??= new OutputRows(results[index], rows, size)).Take(results[index], start, taken);
            }

            start += size;
            RequireWanted(requests);
        }

        return Split(requests, outputs);
    }

    private static void RequireWanted(IReadOnlyList<PendingRequest> requests)
    {
        for (int index = 0; index < requests.Count; index++)
        {
            if (!requests[index].IsAbandoned)
            {
                return;
            }
        }

        throw new OperationCanceledException();
    }

    // The largest size that is filled, or the smallest one for what is left.
    private int SizeFor(int rows)
    {
        int fitting = sizes[0];
        foreach (int size in sizes)
        {
            fitting = size <= rows ? size : fitting;
        }

        return fitting;
    }

    private (int[] Shape, byte[] Data)[] Alone(PendingRequest request)
    {
        Tensor[] inputs = new Tensor[request.Inputs.Length];
        for (int index = 0; index < inputs.Length; index++)
        {
            ReadOnlyMemory<byte> data = request.Inputs[index];
            inputs[index] = Tensor.Create(new TensorType(model.Inputs[index].Type, request.Shapes[index]), bytes => data.Span.CopyTo(bytes));
        }

        return [.. runner.Run(inputs).Select(output => (output.Shape.ToArray(), OutputRows.Copy(output)))];
    }

    private Tensor[] Inputs(IReadOnlyList<PendingRequest> requests, int start, int size)
    {
        Tensor[] inputs = new Tensor[model.Inputs.Count];
        for (int index = 0; index < inputs.Length; index++)
        {
            int input = index;
            int[] shape = [size, .. requests[0].Shapes[index][1..]];
            inputs[index] = Tensor.Create(new TensorType(model.Inputs[index].Type, shape), bytes => Gather(requests, input, start, size, bytes));
        }

        return inputs;
    }

    // The rows from a first one on; rows that no request has stay zero.
    private static void Gather(IReadOnlyList<PendingRequest> requests, int input, int start, int size, Span<byte> target)
    {
        int row = target.Length / size;
        int first = 0;
        foreach (PendingRequest request in requests)
        {
            int from = Math.Max(start, first);
            int to = Math.Min(start + size, first + request.Rows);
            if (from < to)
            {
                request.Inputs[input].Span.Slice((from - first) * row, (to - from) * row).CopyTo(target[((from - start) * row)..]);
            }

            first += request.Rows;
        }
    }

    private static (int[] Shape, byte[] Data)[][] Split(IReadOnlyList<PendingRequest> requests, OutputRows[] outputs)
    {
        (int[] Shape, byte[] Data)[][] answers = new (int[], byte[])[requests.Count][];
        int first = 0;
        for (int index = 0; index < answers.Length; index++)
        {
            int rows = requests[index].Rows;
            int start = first;
            answers[index] = Array.ConvertAll(outputs, output => output.Rows(start, rows));
            first += rows;
        }

        return answers;
    }

    /// <summary>All rows of an output, from as many batches as they took.</summary>
    private sealed class OutputRows
    {
        private readonly Shape shape;
        private readonly int row;
        private readonly byte[] data;

        public OutputRows(Tensor first, int rows, int size)
        {
            shape = first.Shape;
            row = (int)(first.Type.ByteCount / size);
            data = new byte[checked(row * rows)];
        }

        public static byte[] Copy(Tensor tensor)
        {
            byte[] copy = tensor.WritableBytes().ToArray();
            GC.KeepAlive(tensor);
            return copy;
        }

        public void Take(Tensor result, int start, int count)
        {
            result.WritableBytes()[..(count * row)].CopyTo(data.AsSpan(start * row));
            GC.KeepAlive(result);
        }

        public (int[] Shape, byte[] Data) Rows(int start, int count) =>
            ([count, .. shape.AsSpan()[1..]], data.AsSpan(start * row, count * row).ToArray());
    }
}
