/// The JSON Schema (draft 2020-12) of the report: `report.schema.json` beside this file, built into the program because
/// the static binary has no files of its own.
public enum ReportSchema {
    /// The schema's own JSON, to the byte.
    public static let json: [UInt8] = PackageResources.report_schema_json
}
