using Nabla.Onnx;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Onnx;

/// <summary>Runs cases and compares what comes out: shapes and types alike, values within the tolerances of the official runner.</summary>
internal static class CaseRunner
{
    private const double Relative = 1e-3;
    private const double Absolute = 1e-7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static CaseResult Run(OnnxCase item)
    {
        string name = "";
        try
        {
            ModelProto proto = ModelProto.Parser.ParseFrom(item.Model);
            name = proto.Graph.Node.FirstOrDefault()?.OpType ?? "";
            if (NotTensors(proto) is { } reason)
            {
                return new(item, CaseOutcome.NotSupported, name, reason);
            }

            Task<string?> run = Task.Run(() => Problem(item, proto));
            return !run.Wait(Patience) ? new(item, CaseOutcome.Failed, name, $"runs longer than {Patience.TotalSeconds} s")
                : run.Result is { } problem ? new(item, CaseOutcome.Failed, name, problem)
                : new(item, CaseOutcome.Passed, name);
        }
        catch (Exception error)
        {
            Exception cause = error is AggregateException { InnerException: { } inner } ? inner : error;
            return cause is NotSupportedException
                ? new(item, CaseOutcome.NotSupported, name, cause.Message)
                : new(item, CaseOutcome.Failed, name, $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string? NotTensors(ModelProto proto) => proto.Graph.Input.Concat(proto.Graph.Output).Select(value => value.Type switch
    {
        { TensorType: { } tensor } => OnnxTypes.InMemory(tensor.ElemType) is null ? $"{OnnxTypes.NameOf(tensor.ElemType)} elements" : null,
        { SequenceType: not null } => "sequences",
        { OptionalType: not null } => "optional values",
        _ => null,
    }).FirstOrDefault(reason => reason is not null);

    private static string? Problem(OnnxCase item, ModelProto proto)
    {
        OnnxModel model = OnnxModel.Parse(item.Model, item.Name);
        foreach (string dataSet in item.DataSets)
        {
            Tensor[] inputs = [.. item.Messages(dataSet, "input").Select(Read)];
            Tensor[] found = model.Compute(inputs);
            IReadOnlyList<byte[]> expected = item.Messages(dataSet, "output");
            for (int index = 0; index < expected.Count; index++)
            {
                if (Difference(Read(expected[index]), found[index]) is { } difference)
                {
                    return $"output '{proto.Graph.Output[index].Name}': {difference}";
                }
            }
        }

        return null;
    }

    private static Tensor Read(byte[] message) => OnnxTensors.Read(TensorProto.Parser.ParseFrom(message), "data");

    private static string? Difference(Tensor expected, Tensor found)
    {
        if (expected.Type != found.Type)
        {
            return $"expected {expected.Type} but got {found.Type}";
        }

        double[] wanted = expected.To(DataType.Float64).ToArray<double>();
        double[] got = found.To(DataType.Float64).ToArray<double>();
        int odd = Array.FindIndex([.. wanted.Zip(got)], pair => !Agree(pair.First, pair.Second));
        return odd < 0 ? null : $"element {odd} is {got[odd]} but should be {wanted[odd]}";
    }

    private static bool Agree(double wanted, double got) =>
        wanted == got || (double.IsNaN(wanted) && double.IsNaN(got)) || Math.Abs(wanted - got) <= Absolute + (Relative * Math.Abs(wanted));
}
