using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Nabla.TensorBoard.Protos;

namespace Nabla.TensorBoard;

/// <summary>The records of TensorBoard's page of hyper-parameters: what there is to compare, and the values of a run.</summary>
internal static class HyperparameterRecords
{
    /// <summary>The tag of the values of a run.</summary>
    public const string StartTag = "_hparams_/session_start_info";

    private const string ExperimentTag = "_hparams_/experiment";
    private const string EndTag = "_hparams_/session_end_info";

    /// <summary>Which values and numbers there are.</summary>
    public static (string Tag, HyperparameterData Data) Experiment(IReadOnlyDictionary<string, object> values, IReadOnlyList<string> metrics)
    {
        Experiment experiment = new();
        experiment.HparamInfos.AddRange(values.Select(pair => new HyperparameterInfo { Name = pair.Key, Type = TypeOf(pair.Value) }));
        experiment.MetricInfos.AddRange(metrics.Select(metric => new MetricInfo { Name = NameOf(metric), DisplayName = metric }));
        return (ExperimentTag, new HyperparameterData { Experiment = experiment });
    }

    /// <summary>The values of a run that begins.</summary>
    public static (string Tag, HyperparameterData Data) Start(IReadOnlyDictionary<string, object> values, double now)
    {
        SessionStart start = new() { StartTimeSecs = now };
        foreach ((string name, object value) in values)
        {
            start.Hparams[name] = ValueOf(value);
        }

        return (StartTag, new HyperparameterData { SessionStartInfo = start });
    }

    /// <summary>The good end of a run.</summary>
    public static (string Tag, HyperparameterData Data) End(double now) =>
        (EndTag, new HyperparameterData { SessionEndInfo = new SessionEnd { Status = SessionEnd.Types.Status.Success, EndTimeSecs = now } });

    private static MetricName NameOf(string metric) =>
        metric.LastIndexOf('/') is > 0 and int slash ? new MetricName { Group = metric[..slash], Tag = metric[(slash + 1)..] } : new MetricName { Tag = metric };

    private static HyperparameterInfo.Types.DataType TypeOf(object value) => ValueOf(value).KindCase switch
    {
        Value.KindOneofCase.BoolValue => HyperparameterInfo.Types.DataType.Bool,
        Value.KindOneofCase.NumberValue => HyperparameterInfo.Types.DataType.Float64,
        _ => HyperparameterInfo.Types.DataType.String,
    };

    private static Value ValueOf(object value) => value switch
    {
        bool flag => Value.ForBool(flag),
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
            Value.ForNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty),
    };
}
